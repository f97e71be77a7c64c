"""Makes the calls that standard input asks for, one in a line, with the Python SDK; prints each outcome."""

import json
import sys

from faxbot import FaxbotClient, FaxbotError


def outcome_of(wanted):
    try:
        options = {"timeout": wanted["timeoutSeconds"]} if "timeoutSeconds" in wanted else {}
        client = FaxbotClient(wanted["baseUrl"], api_key=wanted["apiKey"], **options)
        if wanted["call"] == "sendFax":
            options = {"idempotency_key": wanted["idempotencyKey"]} if "idempotencyKey" in wanted else {}
            return {"value": client.send_fax(wanted["to"], wanted["file"], **options)}
        if wanted["call"] == "getStatus":
            return {"value": client.get_status(wanted["jobId"])}
        return {"value": client.check_health()}
    except ValueError as error:
        return {"wrongArgument": str(error)}
    except FaxbotError as error:
        told = {
            "message": str(error),
            "detail": error.detail,
            "code": error.code,
            "status": error.status,
            "retryAfter": error.retry_after,
            "fields": error.fields,
            "idempotencyKey": error.idempotency_key,
        }
        return {"error": {name: value for name, value in told.items() if value is not None}}


for line in sys.stdin:
    print(json.dumps(outcome_of(json.loads(line))), flush=True)
