import { Module, type DynamicModule } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import { SecretSealer } from '@fleethook/messages';
import { KeptReplies } from './kept-replies.js';

/** For every module whose routes are `@Idempotent()`. */
@Module({})
export class IdempotencyModule {
  static for(settings: Pick<ApiSettings, 'secretsKeys'>): DynamicModule {
    return {
      module: IdempotencyModule,
      global: true,
      providers: [KeptReplies, { provide: SecretSealer, useFactory: () => new SecretSealer(settings.secretsKeys) }],
      exports: [KeptReplies],
    };
  }
}
