// Package courier brings the deployment's text messages and e-mails out of the house: sign-in codes
// that Kratos makes, invitations, and whatever else goes to a person rather than to a screen.
//
// A message is a row, sealed with the deployment's own key, and a job ([Deliver]) beside it in the
// same transaction, so a code that was asked for is sent even if the process dies in between. Kratos
// hands its messages to [Webhook]; our own come through [Store.Send]. What really sends is a [Sender]
// for each way: SMTP for e-mail, an SMS provider's, or [Keep], which in development only keeps the
// message for the page /dev/sent.
package courier
