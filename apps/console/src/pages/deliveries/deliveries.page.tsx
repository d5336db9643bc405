import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAddress } from '../../ui/address.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { DeliveryFilters, filtersIn } from './delivery-filters.js';
import { DeliveryTable } from './delivery-table.js';
import { ResendWindow } from './resend-window.js';

/** What is filtered by stands in the address: it can be sent to a colleague. */
export function Component(): ReactNode {
  const [search, set, clear] = useAddress();
  const filters = filtersIn(search);
  return (
    <Page
      title="Deliveries"
      intro="One event for one webhook, newest first, as far as the history has been written."
      actions={<ResendWindow filters={filters} />}
    >
      <Panel>
        <DeliveryFilters search={search} onChange={set} onClear={clear} />
        <DeliveryTable
          filters={filters}
          empty={
            <Text size="sm" py="md">
              {search.size === 0
                ? 'Nothing has been delivered yet: it starts with an event that a webhook asks for.'
                : 'No delivery is like this. Take away a filter, or widen the time.'}
            </Text>
          }
        />
      </Panel>
    </Page>
  );
}
