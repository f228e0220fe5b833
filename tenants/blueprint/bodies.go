package blueprint

// Entry is the part that all items share. Key and Retired come from the item, not from its body.
type Entry struct {
	Key     string `json:"-"`
	Retired bool   `json:"-"`
	Order   int    `json:"order,omitempty"` // place in lists; equal ones go by key
}

func (e *Entry) entry() *Entry { return e }

// Module says whether a module is on. Its key is the module's name in the code.
type Module struct {
	Entry
	Title string `json:"title"`
	On    bool   `json:"on"`
}

// Channel is a way in.
type Channel struct {
	Entry
	Title string `json:"title"`
	Upper bool   `json:"upper,omitempty"` // orders from above, with their own number and deadline, answered back
	// Devices: a platform of devices (物联感知) sends alarms under its own numbers; nobody is above, and nobody waits for an answer.
	Devices bool `json:"devices,omitempty"`
}

// Sends reports whether orders of the channel come by themselves, in files or by a program.
func (c Channel) Sends() bool { return c.Upper || c.Devices }

// Text is a sentence that people read and the street may word itself.
type Text struct {
	Entry
	Title string `json:"title"`
	Body  string `json:"body"`
}

func (m *Module) alone(ck *checker)         { ck.need("title", m.Title, 20) }
func (m *Module) among(*Config, *checker)   {}
func (t *Text) alone(ck *checker)           { ck.need("title", t.Title, 40); ck.need("body", t.Body, 2000) }
func (t *Text) among(*Config, *checker)     {}
func (ch *Channel) alone(ck *checker)       { ck.need("title", ch.Title, 20) }
func (ch *Channel) among(*Config, *checker) {}
