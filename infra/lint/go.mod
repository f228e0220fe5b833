module wanjie/infra/lint

go 1.26

tool github.com/golangci/golangci-lint/v2/cmd/golangci-lint
