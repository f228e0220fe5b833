package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// issuer is a district's identity provider: a real OpenID provider, with its people in memory. Whoever is sent there is
// signed in at once as the one who sits there.
type issuer struct {
	*httptest.Server
	store *storage.Storage

	mu    sync.Mutex
	sits  string                   // number of the user in front of the browser; empty: says no
	twist func(map[string]any)     // what an evil or broken provider writes into its word before it signs
	users map[string]*storage.User // by number
	asked []string                 // addresses that browsers came to

	fails atomic.Bool // answers nothing but that it is out of order
}

func (i *issuer) GetUserByID(id string) *storage.User {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.users[id]
}

func (i *issuer) GetUserByUsername(name string) *storage.User { return i.GetUserByID(name) }
func (i *issuer) ExampleClientID() string                     { return "wanjie" }

const clientSecret = "of-the-district"

// newIssuer starts a provider that knows us under a client number and sends people back to one address.
func newIssuer(t *testing.T, client, back string) *issuer {
	t.Helper()
	i := &issuer{users: map[string]*storage.User{}}
	i.store = storage.NewStorageWithClients(i, map[string]*storage.Client{client: storage.WebClient(client, clientSecret, back)})
	mux := http.NewServeMux()
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	provider, err := op.NewProvider(&op.Config{CryptoKey: sha256.Sum256([]byte(t.Name())), CryptoKeyId: "1", CodeMethodS256: true, AuthMethodPost: true}, i.store, op.StaticIssuer(i.URL),
		op.WithAllowInsecure(), op.WithLogger(slog.New(slog.DiscardHandler)))
	must(t, err)
	onward := op.AuthCallbackURL(provider)
	mux.HandleFunc("/login/username", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		sits := i.sits
		i.mu.Unlock()
		id := r.FormValue("authRequestID")
		if sits == "" {
			http.Redirect(w, r, back+"?error=access_denied&state="+i.stateOf(r, id), http.StatusFound)
			return
		}
		if err := i.store.CheckUsernamePassword(sits, "", id); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, onward(op.ContextWithIssuer(r.Context(), i.URL), id), http.StatusFound)
	})
	mux.HandleFunc("/oauth/token", func(w http.ResponseWriter, r *http.Request) { i.twisted(t, w, r, provider) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/authorize") {
			i.mu.Lock()
			i.asked = append(i.asked, r.URL.RawQuery)
			i.mu.Unlock()
		}
		if i.fails.Load() {
			http.Error(w, "out of order", http.StatusBadGateway)
			return
		}
		provider.ServeHTTP(w, r)
	})
	return i
}

func (i *issuer) stateOf(r *http.Request, id string) string {
	request, err := i.store.AuthRequestByID(r.Context(), id)
	if err != nil {
		return ""
	}
	return request.GetState()
}

// twisted answers what the provider answers, with its word changed and signed anew by its own key.
func (i *issuer) twisted(t *testing.T, w http.ResponseWriter, r *http.Request, provider http.Handler) {
	t.Helper()
	rec := httptest.NewRecorder()
	provider.ServeHTTP(rec, r)
	i.mu.Lock()
	twist := i.twist
	i.mu.Unlock()
	var answer map[string]any
	if twist == nil || rec.Code != http.StatusOK || json.Unmarshal(rec.Body.Bytes(), &answer) != nil {
		for name, v := range rec.Header() {
			w.Header()[name] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = bytes.NewReader(rec.Body.Bytes()).WriteTo(w)
		return
	}
	word, err := jwt.ParseSigned(answer["id_token"].(string), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Error(err)
		return
	}
	claims := map[string]any{}
	if err := word.UnsafeClaimsWithoutVerification(&claims); err != nil {
		t.Error(err)
	}
	twist(claims)
	key, err := i.store.SigningKey(r.Context())
	if err != nil {
		t.Error(err)
		return
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: key.SignatureAlgorithm(), Key: jose.JSONWebKey{Key: key.Key(), KeyID: key.ID()}}, nil)
	if err != nil {
		t.Error(err)
		return
	}
	if answer["id_token"], err = jwt.Signed(signer).Claims(claims).Serialize(); err != nil {
		t.Error(err)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// seat puts a person before the browser, and how the provider writes its word from now on.
func (i *issuer) seat(u *storage.User, twist func(map[string]any)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sits, i.twist = "", twist
	if u != nil {
		i.sits, i.users[u.ID] = u.ID, u
	}
}
