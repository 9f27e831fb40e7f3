// Loaded before each function. The functions-framework listens on every network interface; on a laptop, nothing of
// the loop may be reached from outside. Whoever started it is told once it listens: that something takes connections
// at its port would prove nothing, as that may be another program.
const { isPrimary } = require('node:cluster');
const { Server } = require('node:net');

const listen = Server.prototype.listen;
Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  this.once('listening', () => {
    // The channel is closed from this end: Node.js never says of a child that it is gone if its parent closed it. One
    // of several processes needs its channel for the rest of its life, and so does one that is handed connections.
    if (process.connected && isPrimary)
      process.send('listening', () => process.connected && !process.env.FRONT_DOOR && process.disconnect());
  });
  // One that listens for several processes is told where by an object.
  if (typeof port === 'object') return listen.call(this, { ...port, host: '127.0.0.1' }, ...rest);
  return listen.call(this, Number(port), '127.0.0.1', ...rest);
};
