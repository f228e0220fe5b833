// The English of zh.js.
module.exports = {
  common: {
    tabs: ['Home', 'Matters', 'Messages', 'Me'], call: 'Report by telephone', yes: 'Yes', no: 'Cancel',
    offline: 'No network. Please try again later; what you typed is kept.', failed: 'That did not work. Please try again later.',
    dueBy: 'Expected by {0}', mayRate: 'Closed: please rate it'
  },
  home: {
    title: 'Street services', report: 'Report a problem', reportNote: 'A few taps are enough', matters: 'My matters', mattersNote: 'Progress, additions, rating',
    follow: 'Look up a number', followNote: 'Without signing in', guide: 'Guide to services', guideNote: 'What to bring, where to go, how long it takes; or book help',
    latest: 'Reported lately', emergency: 'In an emergency', dial: 'Call', paused: 'The street takes nothing in online for now. Please call.', privacy: 'Privacy notice',
    elder: 'Large type', contrast: 'Strong contrast', otherLanguage: '中文', otherStreet: 'Another street'
  },
  streets: { title: 'Choose a street', present: 'Chosen', none: 'No street of this district has opened yet' },
  'sign-in': {
    title: 'Sign in by telephone', phone: 'Telephone', agree: 'I have read the privacy notice and agree', read: 'Read the privacy notice', messages: 'Text me when something happens (optional)',
    send: 'Send a code', sent: 'The code was sent to', code: 'Code', enter: 'Sign in', again: 'Nothing came? Send another',
    otherwise: 'If signing in is not for you, call us and we take it down.'
  },
  report: {
    title: 'Report a problem', what: 'What is it?', all: 'Find by class', elsewhere: 'For these, please turn to', dial: 'Call',
    description: 'What happened', descriptionHint: 'What is it, and since when', photos: 'Photos (optional, up to 3)', photo: 'Photo', photograph: 'Take or choose a photo', remove: 'Remove',
    where: 'Where', here: 'Use my position', pick: 'Choose on the map', placed: 'Your position is added', placeNote: 'Your position is taken once, when you press, and kept with this matter so that we find the place. An address does as well.',
    address: 'Address', addressHint: 'Road, estate, building', community: 'Community', choose: 'Choose',
    confidential: 'Keep my name and telephone from whoever handles it', contact: 'Telephone', submit: 'Send', noPlace: 'No position; please type the address', noPhoto: 'No photo; you can send without one',
    missing: { description: 'Please say what happened', address: 'Please type the address, choose a community or add your position' },
    done: 'Received', number: 'Number', doneNote: 'We will look at it soon and tell you under Messages.', see: 'See progress', toMatters: 'See that one', anyway: 'It is another matter, send it',
    gate: 'Before photos and position', gateNote: 'Photos and position are used for this matter only. Please read the privacy notice and agree first.', read: 'Read the privacy notice', gateYes: 'Agree', gateNo: 'No, words only'
  },
  matters: { title: 'My matters', none: 'You have not reported anything yet', report: 'Report a problem', bookings: 'My bookings' },
  matter: {
    title: 'Matter', number: 'Number', late: 'Was due by {0}', into: 'Handled together with {0} {1}', result: 'Result', rate: 'Rate the result', urge: 'Urge', urged: 'Urged today',
    progress: 'Progress', add: 'Add something', addHint: 'What else should be known', send: 'Add', said: 'What you reported', photos: '{0} photos', record: 'Record', again: 'Report one like it',
    urgedNow: 'Urged', added: 'Added'
  },
  rate: { title: 'Rating', reopen: 'If it is not solved', reopenYes: 'Handle it again', reopenNo: 'Leave it', submit: 'Send', needed: 'This question is still open', thanks: 'Thank you' },
  follow: {
    title: 'Look up a number', number: 'Number', numberHint: 'On your receipt', tail: 'Last 4 digits', tailHint: 'Of your telephone', find: 'Look up',
    hidden: 'To protect privacy the words are not shown here. Sign in to see all that you reported.'
  },
  messages: { title: 'Messages', read: 'Mark all as read', fresh: 'New', none: 'No messages yet. We tell you here when something happens.' },
  me: {
    title: 'My data', phone: 'Telephone', since: 'Since', name: 'Your name', save: 'Save', saved: 'Saved',
    consents: 'What I agreed to', consentsNote: 'Handling what you report is the street\'s duty and needs no consent. These are yours to decide and to take back at any time.',
    given: 'Agreed {0} (notice {1})', notGiven: 'Not agreed', agree: 'Agree', withdraw: 'Take back', privacy: 'Read the privacy notice',
    looks: 'Who looked at my name and telephone', look: '{0} ({1})', noLooks: 'Nobody yet. Staff usually see only part of names and numbers.',
    export: 'Download all my data', out: 'Sign out', leave: 'Delete my account'
  },
  privacy: { title: 'Privacy notice', version: 'Version' },
  leave: {
    title: 'Delete my account', after: 'What it means',
    means: ['Your telephone, name and consents are deleted from this street for good.', 'The record of your matters is kept as the law says, without your name and telephone and no longer tied to you.', 'Your account with other streets stays.'],
    open: '{0} of your matters are under way: nobody can reach you then, and you will not see the result.', proof: 'To be sure that it is you we text a code to the telephone ending in {0}.',
    send: 'Send a code', code: 'Code', confirm: 'Delete my account', sure: 'This cannot be undone. Go on?', gone: 'Your account is deleted'
  },
  guide: { title: 'Guide to services', hint: 'Name, or initials in pinyin', find: 'Search', none: 'Nothing found; try other words or call' },
  item: { title: 'Service', sample: 'An example: what the street\'s window says holds', book: 'Book help', materials: 'What to bring', steps: 'How it goes', ask: 'Telephone' },
  book: {
    title: 'Booking', kind: 'What help', day: 'Day', hour: 'Hour', full: 'This day is full; please choose another', name: 'Name', phone: 'Telephone', address: 'Address for the visit', note: 'Anything else',
    submit: 'Book', booked: 'Booked'
  },
  bookings: { title: 'My bookings', none: 'You have no bookings' },
  booking: {
    title: 'Booking', number: 'Number', result: 'Result', rate: 'Were you satisfied?', why: 'Why', send: 'Send', cancel: 'Cancel the booking', sure: 'Cancel this booking?', byMyself: 'Cancelled by the resident',
    thanks: 'Thank you', cancelled: 'Cancelled'
  }
}
