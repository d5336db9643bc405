import { Module } from '@nestjs/common';
import { OverviewQueries } from '@fleethook/store';
import { OverviewController } from './overview.controller.js';

/** What an organization sees first: how much there was, and what became of it. */
@Module({ controllers: [OverviewController], providers: [OverviewQueries], exports: [OverviewQueries] })
export class OverviewModule {}
