// Loaded before each function. The functions-framework listens on every network interface; on a laptop, nothing of
// the loop may be reached from outside.
const { Server } = require('node:net');

const listen = Server.prototype.listen;
Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  return listen.call(this, Number(port), '127.0.0.1', ...rest);
};
