// Every text that the page shows, but for the panels' own.
export const strings = {
  skip: 'Skip to the content',
  tagline: 'Events straight from publishers to subscribers, every loss accounted for',

  live: 'live',
  connecting: 'connecting',
  reconnecting: 'connection lost, trying again',

  ledgerUnknown: 'Ledger: no answer yet',
  ledgerCloses: 'Ledger closes',
  ledgerOpen: count => `Ledger is off by ${count}`,
  ledgerTitle: 'Ledger',
  ledgerNote: 'Each event is counted where it goes. A difference other than 0 would be a defect.',

  publishers: 'Publishers: offered = accepted + dropped + refused',
  subscribers: 'Subscribers: known = delivered + filtered + lost + in flight',
  name: 'Name',
  offered: 'Offered',
  accepted: 'Accepted',
  dropped: 'Dropped',
  refused: 'Refused',
  known: 'Known',
  delivered: 'Delivered',
  filtered: 'Filtered',
  lost: 'Lost',
  inFlight: 'In flight',
  difference: 'Difference',
  lostBy: (total, reasons) => `${total} (${reasons})`,

  tailTitle: 'Latest events',
  pause: 'Pause',
  resume: 'Resume',
  gap: (count, reason) => `gap: ${count} lost (${reason})`,
  missed: count => `this browser was too slow for ${count}`,
};
