// One code base for every district. What differs stands in ext.json (lib/config.js) and with the street that somebody chose
// (lib/session.js); nothing of it is in here.
App({})
