const INTAKE_PORT = 4001;

/** The payload of the example: what `device.disconnected` asks for at least. */
const EXAMPLE = {
  device: {
    prn: 'prn:1:0194c1a0-5f3e-7c21-9b4d-2f6a8e1c7d90:device:0194c1a0-0000-7000-8000-000000000001',
    identifier: 'pump-0017',
  },
};

/** A command that publishes one event. @param name `category.event` */
export function exampleCurl(name = 'device.disconnected', payload: unknown = EXAMPLE): string {
  const [category = '', event = ''] = name.split('.');
  const body = JSON.stringify({ type: category, data: { type: event, data: payload } });
  const { protocol, hostname } = window.location;
  return [
    `curl -s ${protocol}//${hostname}:${INTAKE_PORT}/v1/events`,
    `  -H "authorization: Token $KEY" -H 'content-type: application/json'`,
    `  -d ${shellQuoted(body)}`,
  ].join(' \\\n');
}

/** As one word of a POSIX shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
