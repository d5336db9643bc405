import type { ParameterWords } from './operation.decorator.js';

const ORGANIZATION = 'prn:1:0194c1a0-5f3e-7c21-9b4d-2f6a8e1c7d90';

const prnOf = (kind: string): string => `${ORGANIZATION}:${kind}:0194c1a0-0000-7000-8000-0000000000d2`;

export const EVENT_PRN: ParameterWords = { description: 'PRN of the event', example: prnOf('event') };
export const API_KEY_PRN: ParameterWords = { description: 'PRN of the API key', example: prnOf('api_key') };
export const REPLAY_PRN: ParameterWords = { description: 'PRN of the replay', example: prnOf('replay') };
export const ORGANIZATION_PRN: ParameterWords = { description: 'PRN of the organization', example: ORGANIZATION };

/** Path parameters by name, of routes that do not say more. */
export const PATH_PARAMETERS: Readonly<Record<string, ParameterWords>> = {
  prn: {
    description: 'Its PRN; the colons may stand as they are',
    example: prnOf('webhook'),
  },
  id: { description: 'Its id', example: '7a3f1c62-91e0-5d7b-8c44-0f2f4a1b9e10' },
  name: { description: 'Its name; a hyphen is read as an underscore', example: 'device.release_changed' },
};
