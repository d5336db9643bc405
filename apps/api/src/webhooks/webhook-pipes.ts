import { Injectable, type PipeTransform } from '@nestjs/common';
import { parsed } from '../errors/parsed.js';
import { ListWebhooks, RollSecret, WebhookSchemas, type CreateWebhook, type UpdateWebhook } from './webhook.schemas.js';

@Injectable()
export class CreateWebhookPipe implements PipeTransform<unknown, CreateWebhook> {
  constructor(private readonly schemas: WebhookSchemas) {}

  transform(value: unknown): CreateWebhook {
    return parsed(this.schemas.create, value);
  }
}

@Injectable()
export class UpdateWebhookPipe implements PipeTransform<unknown, UpdateWebhook> {
  constructor(private readonly schemas: WebhookSchemas) {}

  transform(value: unknown): UpdateWebhook {
    return parsed(this.schemas.update, value);
  }
}

@Injectable()
export class RollSecretPipe implements PipeTransform<unknown, { overlapSeconds: number }> {
  transform(value: unknown): { overlapSeconds: number } {
    return { overlapSeconds: parsed(RollSecret, value)?.webhook_ttl ?? 0 };
  }
}

@Injectable()
export class ListWebhooksPipe implements PipeTransform<unknown, ListWebhooks> {
  transform(value: unknown): ListWebhooks {
    return parsed(ListWebhooks, value);
  }
}
