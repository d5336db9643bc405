import { useSession } from '../api/session.js';

/** Unless it was set otherwise. */
const INTAKE_PORT = 4001;

/** The payload of the example: what `device.disconnected` asks for at least. */
const EXAMPLE = {
  device: {
    prn: 'prn:1:0194c1a0-5f3e-7c21-9b4d-2f6a8e1c7d90:device:0194c1a0-0000-7000-8000-000000000001',
    identifier: 'pump-0017',
  },
};

/** Where producers send events. */
export interface Intake {
  readonly url: string;
  /** The operator has not said it. */
  readonly isGuess: boolean;
}

export function useIntake(): Intake {
  const { session } = useSession();
  const told = session?.intake_url ?? null;
  const { protocol, hostname } = window.location;
  return { url: told ?? `${protocol}//${hostname}:${INTAKE_PORT}`, isGuess: told === null };
}

/** A command that publishes one event. @param name `category.event` */
export function exampleCurl(intake: Intake, name = 'device.disconnected', payload: unknown = EXAMPLE): string {
  const [category = '', event = ''] = name.split('.');
  const body = JSON.stringify({ type: category, data: { type: event, data: payload } });
  return [
    `curl -s ${shellQuoted(`${intake.url}/v1/events`)}`,
    `  -H "authorization: Token $KEY" -H 'content-type: application/json'`,
    `  -d ${shellQuoted(body)}`,
  ].join(' \\\n');
}

/** As one word of a POSIX shell. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
