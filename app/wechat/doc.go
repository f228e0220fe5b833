// Package wechat releases districts' mini-programs through WeChat's platform for third parties (第三方平台): the vendor's
// platform works on the mini-programs of districts that granted it, each under the district's own appid.
//
// WeChat pushes a ticket every ten minutes ([Door]); the ticket is changed for the platform's token, the platform's token and
// a district's grant for the district's. All of them are sealed with the deployment's key. A release goes
//
//	asked → linked → granted → authorized → preparing → auditing → accepted → released
//	                                 ↑                       └→ refused (with WeChat's reason; released anew, mended)
//	                              revoked: the district took its grant back
//
// and every step that speaks with WeChat is a job ([Platform.Jobs]): it reads its row, calls without a transaction, and writes what
// came of it with the next job. A step that comes again after a crash finds what it did before: a version that is in the audit
// already, or released already, is no failure. The results of audits come as events; one that was lost is asked for.
//
// The vendor's page (/v/mini-programs) shows each district's state and what is to be done next. What is released is package
// templates/miniprogram: one template for all districts, and a district's ext.json.
package wechat
