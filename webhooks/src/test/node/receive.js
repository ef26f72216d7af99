// A receiver made of others' libraries: says what each makes of a request. Arguments: the secret.
const http = require('http')
const standard = require('standardwebhooks')
const svix = require('svix')
const { HTTP } = require('cloudevents')

const secret = process.argv[2]

function verifies(library, body, headers) {
  try {
    new library.Webhook(secret).verify(body, headers)
    return 'verified'
  } catch (e) {
    return String(e.message)
  }
}

function event(body, headers) {
  try {
    const { id, type, source, subject, data } = HTTP.toEvent({ headers, body })
    return { id, type, source, subject, data }
  } catch (e) {
    return String(e.message)
  }
}

const server = http.createServer((request, response) => {
  const parts = []
  request.on('data', part => parts.push(part))
  request.on('end', () => {
    const body = Buffer.concat(parts).toString('utf8')
    response.end(JSON.stringify({
      standardwebhooks: verifies(standard, body, request.headers),
      svix: verifies(svix, body, request.headers),
      event: event(body, request.headers),
    }))
  })
})
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
