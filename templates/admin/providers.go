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

// OwnProvider is a district's own page of its sign-in.
type OwnProvider struct {
	Path, Back string    // of the page; and where the provider must send people back to
	Facts      []ui.Fact // what is set up; none where nothing is
	Tested     Tested
	Test       ui.Guard
	Form       ProviderForm
	Meanings   []ui.Option
}

// Tested is what the last test found; the zero Tested says that there was none.
type Tested struct {
	Tone       ui.Tone
	Text, Help string
	At         time.Time
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
