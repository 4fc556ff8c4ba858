/** Whether only this machine can reach an address, so that nobody else can read what is sent there. */
export function isLoopback(address: string): boolean {
  return /^(?:localhost|\[?::1\]?|127(?:\.\d{1,3}){3})$/.test(address);
}
