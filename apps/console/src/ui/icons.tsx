import type { ReactNode } from 'react';

/** Strokes in the colour of the text; what they mean is said beside them, so screen readers pass them over. */
function icon(path: string): () => ReactNode {
  return () => (
    <svg
      width="16"
      height="16"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

export const CopyIcon = icon('M9 9h11v11H9zM5 15H4V4h11v1');
export const CheckIcon = icon('M4 12l5 5L20 6');
export const OverviewIcon = icon('M4 20V10m5 10V4m5 16v-7m5 7V8');
export const WebhookIcon = icon('M16 5v7a4.5 4.5 0 1 1-9 0v-1m0 0-3 3m3-3 3 3M16 5h4m-4 0h-4');
export const DeliveryIcon = icon('M3 11l18-8-8 18-2-8z');
export const EventIcon = icon('M13 2L4 14h7l-1 8 9-12h-7z');
export const CatalogueIcon = icon('M4 5h6a3 3 0 0 1 2 1 3 3 0 0 1 2-1h6v14h-6a3 3 0 0 0-2 1 3 3 0 0 0-2-1H4zM12 6v14');
export const ReplayIcon = icon('M4 12a8 8 0 1 0 3-6.2M4 4v5h5');
export const KeyIcon = icon('M14 10a4 4 0 1 0-3.5 4L12 15.5h2v2h2v2h4v-3.5z');
export const AuditIcon = icon('M6 3h9l4 4v14H6zM10 11h6m-6 4h6');
export const SettingsIcon = icon('M4 7h10m4 0h2M4 17h2m4 0h10M16 5v4M8 15v4');
export const VerifyIcon = icon('M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2 2 4-4');
