import { catalogue } from './catalogue.js';
import { EventTypes, type KnownEventType, type UnknownEventType } from './event-types.js';
import { normaliseEventName } from './names/event-name.js';
import type { Prn } from './names/prn.js';

/**
 * For whoever reads what was sent long ago: an organization may have changed or removed a type since, and what its schema said then is not
 * kept. So a name that is not of the catalogue is good, and so is every payload: whether it was taken then is for others to tell.
 */
export class PastEventTypes extends EventTypes {
  override find(organization: Prn<'organization'>, spelled: string): KnownEventType | UnknownEventType {
    const name = normaliseEventName(spelled);
    if (name === undefined || catalogue.has(name)) return super.find(organization, spelled);
    const [category = '', event = ''] = name.split('.');
    return { name, category, event, check: () => undefined };
  }
}
