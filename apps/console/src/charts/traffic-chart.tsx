import type { ReactNode } from 'react';
import { Area, AreaChart, Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Overview, Period } from '../api/state.js';

interface Props {
  buckets: Overview['buckets'];
  period: Period;
  /** `events`: what came in. `deliveries`: what went out, and what of it failed. */
  kind: 'events' | 'deliveries';
}

const HEIGHT = 220;
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const BOTH = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact' });

const TOOLTIP = {
  background: 'var(--mantine-color-body)',
  border: '1px solid var(--mantine-color-default-border)',
  borderRadius: 8,
  color: 'var(--mantine-color-text)',
};

/** Recharts is large and comes by itself, after the page is there. */
export default function TrafficChart({ buckets, period, kind }: Props): ReactNode {
  const ticks = period === '1h' || period === '24h' ? TIME : DAY;
  const axes = [
    <CartesianGrid key="grid" vertical={false} stroke="var(--mantine-color-default-border)" />,
    <XAxis
      key="x"
      dataKey="start"
      tickFormatter={(start: string) => ticks.format(new Date(start))}
      tick={{ fill: 'var(--mantine-color-dimmed)', fontSize: 12 }}
      tickLine={false}
      axisLine={false}
      minTickGap={36}
    />,
    <YAxis
      key="y"
      width={44}
      allowDecimals={false}
      tickFormatter={(value: number) => COMPACT.format(value)}
      tick={{ fill: 'var(--mantine-color-dimmed)', fontSize: 12 }}
      tickLine={false}
      axisLine={false}
    />,
    <Tooltip
      key="tooltip"
      contentStyle={TOOLTIP}
      cursor={{ fill: 'var(--mantine-color-default-hover)' }}
      labelFormatter={(start) => (typeof start === 'string' ? BOTH.format(new Date(start)) : '')}
      isAnimationActive={false}
    />,
  ];
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      {kind === 'events' ? (
        <AreaChart data={[...buckets]} accessibilityLayer={false}>
          {axes}
          <Area
            dataKey="events"
            name="Events"
            stroke="var(--console-accent)"
            fill="var(--console-accent)"
            fillOpacity={0.18}
            strokeWidth={2}
            isAnimationActive={false}
          />
        </AreaChart>
      ) : (
        <BarChart data={[...buckets]} accessibilityLayer={false}>
          {axes}
          <Bar
            dataKey="succeeded"
            name="Delivered"
            stackId="all"
            fill="var(--console-good)"
            isAnimationActive={false}
          />
          <Bar dataKey="failed" name="Failed" stackId="all" fill="var(--console-bad)" isAnimationActive={false} />
        </BarChart>
      )}
    </ResponsiveContainer>
  );
}
