// Addresses of the server's pages as pages here: what a message is about.

const ways = { matters: '/pages/matter/matter', bookings: '/services/booking/booking' }

// page is where "/matters/<id>" is shown; nothing for what has no page here.
function page(path) {
  const [, kind, id] = (path || '').split('/')
  return ways[kind] && id ? `${ways[kind]}?id=${encodeURIComponent(id)}` : ''
}

module.exports = { page }
