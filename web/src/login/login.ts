import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { PageConfig } from '../../policy.ts';

export const CALLBACK_PATH = '/login/callback';

export interface Login {
  token: string;
  /** The name that the provider knows; the handle may be another. */
  claimedName: string | undefined;
  sub: string;
}

/** Who is logged in: the code flow with PKCE, at any OIDC provider. */
export class LoginSession {
  readonly #manager: UserManager;
  readonly #listeners = new Set<() => void>();
  #login: Login | undefined;
  #refreshing: Promise<boolean> | undefined;

  constructor({ issuer, clientId, scope }: PageConfig) {
    this.#manager = new UserManager({
      authority: issuer,
      client_id: clientId,
      scope,
      redirect_uri: `${location.origin}${CALLBACK_PATH}`,
      post_logout_redirect_uri: `${location.origin}/`,
      // All tabs share it, and it survives the browser's end; docs/adr/0026-the-page-is-anybodys.md says why.
      userStore: new WebStorageStateStore({ store: localStorage }),
      // By the refresh token, and by one tab at a time: see `refresh`.
      automaticSilentRenew: false,
      monitorSession: false,
    });
    this.#manager.events.addAccessTokenExpiring(() => void this.refresh());
    this.#manager.events.addUserLoaded((user) => this.#set(user));
    this.#manager.events.addUserUnloaded(() => this.#set(null));
    // Another tab has logged in or out.
    addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith('oidc.user:')) void this.#manager.getUser().then((user) => this.#set(user));
    });
  }

  get current(): Login | undefined {
    return this.#login;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes up the login of this browser. @returns where to go when the issuer has just sent the person back */
  async start(): Promise<string | undefined> {
    if (location.pathname === CALLBACK_PATH) {
      const user = await this.#manager.signinRedirectCallback().catch(() => null);
      this.#set(user ?? (await this.#manager.getUser()));
      return (user?.state as string | undefined) ?? '/';
    }
    const user = await this.#manager.getUser();
    if (user?.expired && user.refresh_token) await this.refresh();
    else this.#set(user?.expired ? null : user);
    return undefined;
  }

  /** Sends the person to the issuer, and back to where they are. */
  signIn = (): Promise<void> => this.#manager.signinRedirect({ state: location.pathname + location.search });

  /** Forgets the login here, and ends it at the issuer when that has an endpoint for it. */
  signOut = async (): Promise<void> => {
    const hasEnd = await this.#manager.metadataService.getEndSessionEndpoint().catch(() => undefined);
    const { client_id, post_logout_redirect_uri: logout_uri } = this.#manager.settings;
    // Cognito has names of its own for what the standard calls otherwise; others ignore them.
    if (hasEnd) await this.#manager.signoutRedirect({ extraQueryParams: { client_id, logout_uri: logout_uri ?? '' } });
    else await this.#manager.removeUser();
  };

  /** Gets a new token by the refresh token; once, however many ask. @returns false when the login has ended */
  refresh = (): Promise<boolean> => {
    this.#refreshing ??= navigator.locks
      .request('login', () => this.#renew())
      .finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  };

  async #renew(): Promise<boolean> {
    const user = await this.#manager.getUser();
    // Another tab has renewed it meanwhile.
    if (user && !user.expired && user.access_token !== this.#login?.token) {
      this.#set(user);
      return true;
    }
    const renewed = user?.refresh_token ? await this.#manager.signinSilent().catch(() => null) : null;
    if (!renewed) await this.#manager.removeUser();
    return renewed !== null;
  }

  #set(user: { access_token: string; profile: Record<string, unknown> & { sub: string } } | null): void {
    if (user?.access_token === this.#login?.token) return;
    const name = user?.profile.username ?? user?.profile['cognito:username'] ?? user?.profile.preferred_username;
    this.#login = user
      ? { token: user.access_token, sub: user.profile.sub, claimedName: typeof name === 'string' ? name : undefined }
      : undefined;
    for (const listener of this.#listeners) listener();
  }
}
