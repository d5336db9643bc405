import { Injectable, type PipeTransform } from '@nestjs/common';
import { parsed } from '../errors/parsed.js';
import { InvalidFields } from '../errors/problems.js';
import { KnownEvents, type OrganizationsBody } from './known-events.js';
import { ListWebhooks, RollSecret, WebhookSchemas, type CreateWebhook, type UpdateWebhook } from './webhook.schemas.js';

@Injectable()
export class CreateWebhookPipe implements PipeTransform<OrganizationsBody, Promise<CreateWebhook>> {
  constructor(
    private readonly schemas: WebhookSchemas,
    private readonly events: KnownEvents,
  ) {}

  transform(value: OrganizationsBody): Promise<CreateWebhook> {
    checkHeaderNames(value.body);
    return this.events.parsed(value, this.schemas.create);
  }
}

@Injectable()
export class UpdateWebhookPipe implements PipeTransform<OrganizationsBody, Promise<UpdateWebhook>> {
  constructor(
    private readonly schemas: WebhookSchemas,
    private readonly events: KnownEvents,
  ) {}

  transform(value: OrganizationsBody): Promise<UpdateWebhook> {
    checkHeaderNames(value.body);
    return this.events.parsed(value, this.schemas.update);
  }
}

@Injectable()
export class RollSecretPipe implements PipeTransform<unknown, RollSecret> {
  transform(value: unknown): RollSecret {
    return parsed(RollSecret, value) ?? {};
  }
}

@Injectable()
export class ListWebhooksPipe implements PipeTransform<unknown, ListWebhooks> {
  transform(value: unknown): ListWebhooks {
    return parsed(ListWebhooks, value);
  }
}

/** The schema library leaves such a member out, so that the header would be gone without a word. @throws InvalidFields */
function checkHeaderNames(body: unknown): void {
  const { headers } = (body ?? {}) as { readonly headers?: unknown };
  if (typeof headers === 'object' && headers !== null && Object.hasOwn(headers, '__proto__'))
    throw new InvalidFields({ headers: ['"__proto__" is not a name that a header may have here'] });
}
