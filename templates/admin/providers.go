package admin

import (
	"context"
	"time"

	"wanjie/templates/ui"
)

// Provider is one district's own sign-in.
type Provider struct {
	District, Title, Issuer, Href string
	Enabled                       bool
	At                            time.Time
}

// ProviderForm sets up the sign-in of a district.
type ProviderForm struct {
	Guard                                                 ui.Guard
	District, Title, Issuer, Client, Claim, Means, Strong string
	Enabled, Known                                        bool
	Say                                                   string
	Errors                                                map[string]string
}

// Providers is the page of the districts' own sign-ins.
type Providers struct {
	Frame
	List     []Provider
	Form     ProviderForm
	Meanings []ui.Option
	Back     string // address that a provider must send people back to
}

func providerTitle(ctx context.Context, f ProviderForm) string {
	if f.Known {
		return ui.T(ctx, "修改 %s", f.District)
	}
	return ui.T(ctx, "开通一个区县")
}

func secretHelp(ctx context.Context, f ProviderForm) string {
	if f.Known {
		return ui.T(ctx, "留空则保持不变；密钥加密保存，不再显示")
	}
	return ui.T(ctx, "加密保存，不再显示")
}
