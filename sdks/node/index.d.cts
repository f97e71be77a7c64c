/** The types of `require('faxbot')`. */
declare class FaxbotClient {
  /** The address, without a slash at its end. */
  readonly baseUrl: string;

  /**
   * @param baseUrl The gateway's address, with its stage where it has one; `http://localhost:8080` by default.
   * @param apiKey The whole token. Without one only an open gateway takes requests.
   * @throws TypeError where an argument is not what it should be
   */
  constructor(baseUrl?: string, apiKey?: string | null, options?: FaxbotClient.ClientOptions);

  /**
   * Sends a file as a fax. Resolves once the gateway has accepted it; `getStatus` tells what becomes of it.
   * A failed send is never repeated by itself.
   * @param to A number: `+`, country code and number.
   * @param filePath A PDF or a text (.txt).
   * @throws FaxbotError where it was not accepted, or nobody knows whether it was
   */
  sendFax(to: string, filePath: string, options?: FaxbotClient.SendOptions): Promise<FaxbotClient.FaxJob>;

  /**
   * Reads how a fax stands.
   * @throws FaxbotError such as 404 `job_not_found`
   */
  getStatus(jobId: string): Promise<FaxbotClient.FaxJob>;

  /**
   * Asks whether the gateway answers; needs no key.
   * @throws FaxbotError where it does not
   */
  checkHealth(): Promise<true>;
}

declare namespace FaxbotClient {
  interface ClientOptions {
    /** The longest silence of the gateway, in seconds; 60 by default. */
    readonly timeoutSeconds?: number;
  }

  interface SendOptions {
    /** The same key with the same fax gives the same job again; by default each call has one of its own. */
    readonly idempotencyKey?: string;
  }

  /** A fax as the gateway tells of it. Later gateways may add members. */
  interface FaxJob {
    readonly id: string;
    readonly to: string;
    readonly status: 'queued' | 'in_progress' | 'SUCCESS' | 'FAILED' | 'disabled';
    readonly state: 'queued' | 'submitting' | 'in_progress' | 'success' | 'failed' | 'uncertain' | 'cancelled' | 'held';
    /** Why it failed, or why its end is not known. */
    readonly error: string | null;
    readonly pages: number | null;
    /** The provider. */
    readonly backend: string;
    readonly provider_sid: string | null;
    /** ISO 8601, UTC. */
    readonly created_at: string;
    readonly updated_at: string;
    /** Opens the document without a key, for a short time. In answers of `getStatus`. */
    readonly pdf_url?: string;
  }

  /** Why a call failed. */
  class FaxbotError extends Error {
    private constructor();
    /** What went wrong, for people. The message is this with the status before it. */
    readonly detail: string;
    /**
     * Decide by this: the gateway's code, or `no_answer`, `invalid_answer`, `file_not_readable`, `redirected`, `other_error`.
     */
    readonly code: string;
    /** The HTTP status; undefined where no answer came. */
    readonly status: number | undefined;
    /** Seconds to wait before another try, where the gateway says so. */
    readonly retryAfter: number | undefined;
    /** The fields at fault, for `invalid_request`. */
    readonly fields: readonly { readonly field: string; readonly message: string }[] | undefined;
    /** The key that a failed send carried: the next try with it can't become a second fax. */
    readonly idempotencyKey: string | undefined;
    /** The error below, for `no_answer` and `file_not_readable`. */
    readonly cause?: unknown;
  }

  export { FaxbotClient, FaxbotError, type ClientOptions, type FaxJob, type SendOptions };
}

export = FaxbotClient;
