import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import { DialPolicy, EgressClient, egressOptionsOf } from '@fleethook/egress';
import { SecretSealer } from '@fleethook/messages';
import { LOG, METRICS, type Log, type Metrics } from '@fleethook/observability';
import { EndpointRules } from './endpoint-rules.js';
import { EndpointViews } from './endpoint-views.js';
import { GuardedRules } from './guarded-rules.js';
import { KnownEvents } from './known-events.js';
import { OwnedWebhooks } from './owned-webhook.js';
import { RequestSettings } from './request-settings.js';
import { KafkaTestFireSink, TestFireSink } from './verification/test-fire.sink.js';
import { CreateWebhookPipe, ListWebhooksPipe, RollSecretPipe, UpdateWebhookPipe } from './webhook-pipes.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { TestFireTransport, WebhookVerification } from './verification/webhook-verification.js';
import { WebhookSchemas } from './webhook.schemas.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

@Module({})
export class WebhooksModule {
  static for(settings: ApiSettings): DynamicModule {
    return {
      module: WebhooksModule,
      controllers: [WebhooksController],
      providers: [
        WebhooksService,
        WebhookSecrets,
        RequestSettings,
        OwnedWebhooks,
        EndpointViews,
        WebhookVerification,
        WebhookSchemas,
        KnownEvents,
        CreateWebhookPipe,
        UpdateWebhookPipe,
        ListWebhooksPipe,
        RollSecretPipe,
        EgressEnd,
        {
          provide: EndpointRules,
          useFactory: () => new GuardedRules(new DialPolicy(settings.egressAllowCidrs, settings.egressPorts)),
        },
        { provide: TestFireSink, useClass: KafkaTestFireSink },
        { provide: SecretSealer, useFactory: () => new SecretSealer(settings.secretsKeys) },
        {
          provide: TestFireTransport,
          inject: [LOG, METRICS],
          useFactory: (log: Log, metrics: Metrics) => new EgressClient(egressOptionsOf(settings), { log, metrics }),
        },
      ],
      exports: [OwnedWebhooks, WebhookSecrets],
    };
  }
}

@Injectable()
class EgressEnd implements OnApplicationShutdown {
  constructor(@Inject(TestFireTransport) private readonly client: EgressClient) {}

  onApplicationShutdown(): Promise<void> {
    return this.client.close();
  }
}
