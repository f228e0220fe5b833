package courier

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Told is a message about a case, as far as its tenant may see it: not what it says nor to whom, but what became of it.
type Told struct {
	ID      uuid.UUID // of the message
	Tenant  tenants.ID
	About   uuid.UUID // the case
	Purpose string
	State   string    // Sent or Failed
	At      time.Time // when it left or was given up
	Receipt Receipt
}

// tell passes on what became of m, where a tenant has to hear of it.
func (s *Store) tell(ctx context.Context, m Message) error {
	if s.Heard == nil || m.State == Queued || m.Tenant == 0 || m.About == uuid.Nil {
		return nil
	}
	if err := s.Heard(ctx, Told{m.ID, m.Tenant, m.About, m.Purpose, m.State, m.SentAt, m.Receipt}); err != nil {
		return fmt.Errorf("courier: tell tenant %d of message %s: %w", m.Tenant, m.ID, err)
	}
	return nil
}

// reasons are what providers mean by the codes of their receipts, in catalogue keys.
var reasons = map[string]string{ // Alibaba Cloud's
	"MOBILE_NOT_ON_SERVICE": ui.Key("号码停机或空号"), "MOBILE_TERMINAL_ERROR": ui.Key("手机关机或不在服务区"), "MOBILE_ACCOUNT_ABNORMAL": ui.Key("号码状态异常"),
	"MOBILE_SEND_LIMIT": ui.Key("号码接收条数已达上限"), "MOBILE_IN_BLACK": ui.Key("对方拒收"), "CONTENT_KEYWORD": ui.Key("内容被运营商拦截"),
}

// Reason is what a provider means by the code of a receipt, a catalogue key; the code itself where that is not known.
func Reason(said string) string {
	if known, ok := reasons[said]; ok {
		return known
	}
	return said
}
