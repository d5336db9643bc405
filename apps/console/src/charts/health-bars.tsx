import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

interface Bar {
  readonly succeeded: number;
  readonly failed: number;
}

const WIDTH = 6;
const GAP = 1;
const HEIGHT = 28;
/** An hour in which little happened is still to be seen. */
const LEAST = 4;

/** One bar an hour, oldest first: how much was delivered, and on top of it what failed. */
export function HealthBars({ bars }: { bars: readonly Bar[] }): ReactNode {
  const most = Math.max(1, ...bars.map(({ succeeded, failed }) => succeeded + failed));
  const succeeded = bars.reduce((sum, bar) => sum + bar.succeeded, 0);
  const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
  const words = `Last 24 hours: ${succeeded} delivered, ${failed} failed`;
  return (
    <Tooltip label={words}>
      <svg
        className="bars"
        viewBox={`0 0 ${bars.length * (WIDTH + GAP)} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        {bars.map((bar, index) => (
          <HourBar key={index} bar={bar} x={index * (WIDTH + GAP)} most={most} />
        ))}
      </svg>
    </Tooltip>
  );
}

function HourBar({ bar: { succeeded, failed }, x, most }: { bar: Bar; x: number; most: number }): ReactNode {
  const all = succeeded + failed;
  if (all === 0) return <rect x={x} y={HEIGHT - 2} width={WIDTH} height={2} fill="var(--console-none)" />;
  const height = Math.max(LEAST, (all / most) * HEIGHT);
  // A single failure among thousands is still to be seen.
  const bad = failed === 0 ? 0 : Math.max(2, (failed / all) * height);
  return (
    <>
      <rect
        x={x}
        y={HEIGHT - height}
        width={WIDTH}
        height={height - bad}
        fill="var(--console-good)"
        transform={`translate(0 ${bad})`}
      />
      {bad > 0 && <rect x={x} y={HEIGHT - height} width={WIDTH} height={bad} fill="var(--console-bad)" />}
    </>
  );
}
