import { Anchor, Group, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Copy } from './copy.js';
import { shortPrn } from './format.js';

/** The end of a PRN, the whole of it to copy. @param what names it: `the webhook's PRN` */
export function PrnText({ prn, what = 'PRN', to }: { prn: string; what?: string; to?: string }): ReactNode {
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex">
      <Tooltip label={prn} multiline maw={340}>
        {to === undefined ? (
          <span className="mono">{shortPrn(prn)}</span>
        ) : (
          <Anchor component={Link} to={to} className="mono">
            {shortPrn(prn)}
          </Anchor>
        )}
      </Tooltip>
      <Copy text={prn} label={what} />
    </Group>
  );
}
