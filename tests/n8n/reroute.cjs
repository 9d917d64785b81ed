// Preloaded into n8n: connections to the names in REROUTE go to loopback, so that n8n calls Anthropic under its true
// name and nothing leaves the machine. {"api.anthropic.com": 12345}
const tls = require('node:tls');
const dns = require('node:dns');
const ports = JSON.parse(process.env.REROUTE || '{}');

const connect = tls.connect;
tls.connect = function (...args) {
  const options = typeof args[0] === 'object' ? args[0] : null;
  const name = options && (options.servername || options.host);
  if (name && ports[name] && !options.socket) {
    args[0] = { ...options, host: '127.0.0.1', port: ports[name], servername: name, lookup: undefined };
  }
  return connect.apply(this, args);
};

const lookup = dns.lookup;
dns.lookup = function (host, options, done) {
  if (ports[host]) {
    const callback = typeof options === 'function' ? options : done;
    const all = typeof options === 'object' && options.all;
    return process.nextTick(() => (all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)));
  }
  return lookup.apply(this, arguments);
};
