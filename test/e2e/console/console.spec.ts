import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { chromiumIsMissing, DESKTOP, launchChromium, newContext } from './chromium.js';
import { Receiver } from '../../support/receiver.js';
import { ConsolePage } from './console-page.js';
import { emptyWorld, seeded, type ConsoleWorld } from './console-world.js';
import { accountJourneys } from './journeys/account.js';
import { deliveryJourneys } from './journeys/deliveries.js';
import { eventTypeJourneys } from './journeys/event-types.js';
import { everyPage } from './journeys/every-page.js';
import { firstLook } from './journeys/first-look.js';
import { keyboardJourney } from './journeys/keyboard.js';
import { overviewJourneys } from './journeys/overview.js';
import { replayJourneys } from './journeys/replays.js';
import { webhookJourneys } from './journeys/webhooks.js';
import type { Stage } from './stage.js';

if (chromiumIsMissing) process.stdout.write('the console is not looked at: there is no Chromium on this machine\n');

const describeConsole = chromiumIsMissing ? describe.skip : describe;

describeConsole('the console', () => {
  let browser: Browser;
  let tab: ConsolePage;
  let empty: Pick<ConsoleWorld, 'world' | 'receiver'>;
  let facts: ConsoleWorld;

  // What was begun is ended, however far the beginning came.
  const owned = new AsyncDisposableStack();

  beforeAll(async () => {
    browser = await launchChromium();
    owned.defer(() => browser.close());
    const receiver = owned.use(await Receiver.listen());
    empty = { world: owned.use(await emptyWorld()), receiver };
    tab = await ConsolePage.open(await newContext(browser, DESKTOP, 'light'), empty.world.app('api').url);
  });

  afterAll(() => owned.disposeAsync());

  const stage = (): Stage => ({ console: tab, browser, facts });

  firstLook(() => ({ console: tab, browser, world: empty.world }));

  describe('with a fleet', () => {
    beforeAll(async () => {
      facts = await seeded(empty);
    });

    overviewJourneys(stage);
    webhookJourneys(stage);
    deliveryJourneys(stage);
    eventTypeJourneys(stage);
    replayJourneys(stage);
    accountJourneys(stage);
    keyboardJourney(stage);
    everyPage(stage);
  });

  it('asked no other host for anything, and broke none of its rules', () => {
    expect(tab.faults).toEqual([]);
  });
});
