// What the application receives for every message: whom, by which channel, which template, the rendered text and the
// bare code (text messages in China go through approved templates that take the code as a parameter). `transient` is
// the transient_payload that our page sent with the flow, for instance the street whose name the message carries.
// Nothing of the identity is passed on.
function(ctx)
  local data = if std.objectHas(ctx, 'template_data') && ctx.template_data != null then ctx.template_data else {};
  local field(name) = if std.objectHas(data, name) then data[name] else null;
  local first(names) = local found = [field(n) for n in names if field(n) != null]; if std.length(found) > 0 then found[0] else '';
  {
    channel: ctx.message_type,
    recipient: ctx.recipient,
    template: ctx.template_type,
    subject: ctx.subject,
    body: ctx.body,
    code: first(['login_code', 'recovery_code', 'verification_code', 'registration_code']),
    transient: field('transient_payload'),
  }
