/**
 * How a client of Google's is made to talk to a stand-in on this machine, for those that honour no emulator variable
 * by themselves.
 */
export async function plaintext(address: string) {
  const { credentials } = await import('../clients/grpc.ts');
  const [servicePath, port] = address.split(':');
  return {
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    // Otherwise the client asks the metadata server, which a laptop has not, in which universe it is.
    clientOptions: { universeDomain: 'googleapis.com' },
  };
}
