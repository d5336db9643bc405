import { fileURLToPath } from 'node:url';
import { Module, type DynamicModule } from '@nestjs/common';
import type { ApiSettings } from '@fleethook/config';
import { CONSOLE_DIRECTORY, ConsoleFiles } from './console-files.js';
import { ConsolePagesController } from './console-pages.controller.js';
import { INTAKE_URL, SessionsController } from './sessions.controller.js';

/** As `npm run build` lays both out: `dist/apps/api/src/console/` and `dist/apps/console/`. */
const BESIDE_THE_API = new URL('../../../console/', import.meta.url);

/** The web console: its files, and the sessions of those who are signed in to it. */
@Module({})
export class ConsoleModule {
  static for({
    consoleDirectory,
    ingestPublicUrl,
  }: Pick<ApiSettings, 'consoleDirectory' | 'ingestPublicUrl'>): DynamicModule {
    const directory = consoleDirectory ?? fileURLToPath(BESIDE_THE_API);
    return {
      module: ConsoleModule,
      controllers: [SessionsController, ConsolePagesController],
      providers: [
        ConsoleFiles,
        { provide: CONSOLE_DIRECTORY, useValue: directory },
        { provide: INTAKE_URL, useValue: ingestPublicUrl ?? null },
      ],
    };
  }
}
