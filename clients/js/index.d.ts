// Types of btpay-client. The messages are those of docs/PROTOCOL.md; more members than are listed may come.

export type ViewName = "dashboard" | "pending" | "hourly" | "categories";
export type Level = "info" | "success" | "warning" | "error";
export type State = "idle" | "connecting" | "live" | "waiting" | "refused" | "closed";

export interface Dashboard {
  pending_count: number;
  pending_amount: number;
  today_transactions: number;
  today_amount: number;
  month_transactions: number;
  month_amount: number;
  month_merchants: number;
  top_merchants: { name: string; amount: number; count: number }[];
  recent_transactions: { merchant: string | null; amount: number; date: string; category: string | null }[];
}

export interface PendingItem {
  id: number;
  merchant: string | null;
  amount: number;
  currency: string;
  date: string;
  category_guess: string | null;
  description: string;
}

export interface Cell {
  hour: number;
  timestamp: string;
  count: number;
  amount: number;
}

export interface Sum {
  count: number;
  amount: number;
}

export interface DataOf {
  dashboard: Dashboard;
  pending: PendingItem[];
  hourly: Cell[];
  categories: Record<string, { today: Sum; week: Sum }>;
}

export interface KeptView<Name extends ViewName = ViewName> {
  readonly name: Name;
  readonly data: DataOf[Name] | undefined;
  readonly seq: number | null;
  readonly timestamp: string | null;
  /** Whether `data` is what the service had at `seq`. */
  readonly current: boolean;
  /** Of the pending view: totals beyond the items shown. */
  readonly count?: number;
  readonly amount?: number;
}

export interface Message {
  type: string;
  epoch?: string;
  seq?: number;
  ref?: string;
  timestamp: string;
  [member: string]: unknown;
}

export interface Notification extends Message {
  id: number;
  message: string;
  level: Level;
}

export interface Result extends Message {
  changed: number;
}

export interface Explanation extends Message {
  view: ViewName;
  field: string;
  value: number;
  /** Of an amount; not in the preset, which adds currencies up. */
  currency?: string;
  /** Of all transactions behind the number, whatever is listed. */
  count: number;
  /** Their sums by currency. */
  amounts: Record<string, number>;
  transactions: (Omit<PendingItem, "category_guess"> & { category: string | null })[];
  /** What to give `after` for more. */
  next: number | null;
  at: string;
  known_at?: string;
}

export interface Moment {
  /** RFC 3339: where the windows are cut; now, unless given. */
  at?: string;
  /** RFC 3339: what was recorded later is left out. */
  knownAt?: string;
  /** What stands behind it in the log is left out. */
  seq?: number;
  /** Whether what is dated after `at` counts, as in live views; without it no. */
  later?: boolean;
}

export interface AsOf extends Message {
  at: string;
  known_at?: string;
}

export interface Alerts {
  large_from?: { amount: number; currency: string };
  budgets?: { category: string; amount: number; currency: string }[];
  new_merchant?: boolean;
}

export interface Position {
  epoch: string;
  seq: number;
  views: Partial<Record<ViewName, { seq: number; timestamp: string; data: unknown; count?: number; amount?: number }>>;
}

export interface Statistics {
  connections: number;
  reconnects: number;
  messagesReceived: number;
  bytesReceived: number;
  messagesSent: number;
  bytesSent: number;
  wholes: number;
  deltas: number;
  passedOver: number;
  heals: { gap: number; misfit: number; hash: number };
  hashesFit: number;
  notifications: number;
  repeatedNotifications: number;
  latencyMs: number | null;
  smoothLatencyMs: number | null;
}

export interface Events {
  view: { name: ViewName; view: KeptView; data: unknown; seq: number | null };
  notification: Notification;
  cleared: Message & { id: number; how: "acknowledged" | "read" };
  state: { state: State; retryAt: number | null; closeCode: number | null };
  heal: { name: ViewName; reason: "gap" | "misfit" | "hash" };
  message: Message;
}

export interface Options {
  /** Of the live socket: ws, wss, http, https, or a path of the page's own host. */
  url: string | URL;
  views?: readonly (ViewName | "notifications")[];
  deltas?: boolean;
  /** A view is told at most once in each interval, for who cannot use a thousand a second: 0 (none), or 20 to 10,000. */
  intervalMs?: number;
  /** What `position` gave in an earlier run. */
  resume?: Position | null;
  protocols?: string[];
  /** The third argument of the WebSocket, where it takes one: `{ headers }` of Node's `ws`. */
  socketOptions?: object;
  heartbeatMs?: number;
  answerMs?: number;
  commandTimeoutMs?: number;
  WebSocket?: new (url: string, protocols?: string[], options?: any) => any;
  clock?: () => number;
  random?: () => number;
  timers?: { setTimeout(action: () => void, ms: number): any; clearTimeout(timer: any): void };
}

export class BtpayError extends Error {
  readonly code: string;
}

export class Misfit extends Error {}

export class BtpayClient {
  constructor(options: Options);
  readonly views: { readonly [Name in ViewName]: KeptView<Name> };
  readonly inbox: { readonly unread: ReadonlyMap<number, Notification>; readonly seq: number };
  readonly statistics: Readonly<Statistics>;
  readonly state: State;
  readonly retryAt: number | null;
  readonly closeCode: number | null;
  readonly epoch: string | null;
  readonly position: Position | null;

  connect(): void;
  close(): void;
  ready(): Promise<this>;
  on<Name extends keyof Events>(event: Name, listener: (value: Events[Name]) => void): () => void;
  changes(): AsyncIterableIterator<Events["view"]>;
  notifications(): AsyncIterableIterator<Notification>;

  request(command: { command: string; [member: string]: unknown }): Promise<Message>;
  ping(): Promise<Message>;
  refresh(view: ViewName): Promise<Message>;
  categorize(id: number, category: string, options?: { remember?: boolean }): Promise<Result>;
  uncategorize(id: number): Promise<Result>;
  autoCategorize(): Promise<Message & { categorized: number }>;
  remove(id: number): Promise<Result>;
  restore(id: number): Promise<Result>;
  match(booked: number, pending: number): Promise<Result>;
  unmatch(booked: number): Promise<Result>;
  decline(booked: number): Promise<Result>;
  forget(merchant: string): Promise<Result>;
  setAlerts(alerts: Alerts): Promise<Result>;
  ack(ids: number | number[]): Promise<Result>;
  read(ids: number | number[]): Promise<Result>;
  explain(view: ViewName, field: string, options?: Moment & { limit?: number; after?: number }): Promise<Explanation>;
  explainAll(view: ViewName, field: string, options?: Moment & { limit?: number }): Promise<Explanation>;
  asOf<Name extends ViewName>(view: Name, at: string, knownAt?: string, seq?: number, later?: boolean): Promise<AsOf & { view: Name; data: DataOf[Name] }>;
  asOf<Name extends ViewName>(views: readonly Name[], at: string, knownAt?: string, seq?: number, later?: boolean): Promise<AsOf & { views: Pick<DataOf, Name> }>;
  requestReview(): Promise<Message & { data: unknown[] }>;
}

export const everything: readonly (ViewName | "notifications")[];
export function canonical(value: unknown): string;
export function hashOf(data: unknown): string;
export function fold<Name extends ViewName>(view: Name, data: DataOf[Name], delta: object): DataOf[Name];
