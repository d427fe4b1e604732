"""What can go wrong when a language model is asked something, as errors a person can act on.

LLMError
├── Transient              another model, or the same one later, may answer
│   ├── Unreachable        no connection: nothing listens, the name is unknown, TLS failed
│   ├── TimedOut           it took too long; `seconds`
│   │   ├── NoFirstToken   nothing came at all: the model is loading, or the server is overloaded
│   │   ├── Stalled        the answer began and then stood still
│   │   └── TookTooLong    the whole answer took longer than allowed
│   ├── CutOff             the stream ended before the server said that it was done
│   ├── Loading            the server says that it is still loading the model
│   ├── Busy               429, or a full queue; `retry_after` (seconds or None)
│   └── ServerFailed       5xx, or an error that the server reports within the stream
└── Permanent              the same question will fail again until somebody changes something
    ├── ModelMissing       the server does not have the model; `model`
    ├── ContextTooSmall    the question is longer than the model's context; `limit`, `needed` (tokens or None)
    ├── KeyRefused         401 or 403
    │   └── KeyUnreadable  not asked: no key of TOKEN_KEYS opens the stored API key
    ├── Refused            another 4xx
    ├── Garbage            the answer is not of the protocol: a web page, broken JSON, another program
    ├── WrongShape         the answer does not fit the JSON schema that was asked for; `problems`
    ├── RanOut             it had no more room before there was an answer: it thought too long
    └── EmptyAnswer        the model answered with nothing

Every error has `what` (happened) and `todo` (you can do), `permanent`, `status` (HTTP status or None),
`detail` (the server's words, cut to 500 characters) and `code`, its word for programs. `Cancelled` is no
error: somebody asked to stop.
"""

from __future__ import annotations

from typing import ClassVar

DETAIL_MAX = 500


class Cancelled(Exception):
    """The person who asked no longer wants the answer."""


class LLMError(Exception):
    code: ClassVar[str] = "llm_error"
    permanent: ClassVar[bool] = False
    what_text: ClassVar[str] = "The model could not be asked."
    todo_text: ClassVar[str] = "Try again later."

    def __init__(self, detail: str = "", *, status: int | None = None) -> None:
        self.detail = detail.strip()[:DETAIL_MAX]
        self.status = status
        super().__init__(self.detail)

    @property
    def what(self) -> str:
        return f"{self.what_text} It said: {self.detail}" if self.detail else self.what_text

    @property
    def todo(self) -> str:
        return self.todo_text

    def __str__(self) -> str:
        return f"{self.what} {self.todo}"


class Transient(LLMError):
    code = "transient"


class Unreachable(Transient):
    code = "unreachable"
    what_text = "Nothing answers at the model server's address."
    todo_text = "Start the server, or correct its address in the administration under Providers."

    @property
    def what(self) -> str:
        return f"{self.what_text} ({self.detail})" if self.detail else self.what_text


class TimedOut(Transient):
    code = "timed_out"
    what_text = "The model took too long."
    todo_text = "Try again, or choose a smaller model."

    def __init__(self, detail: str = "", *, status: int | None = None, seconds: float = 0.0) -> None:
        super().__init__(detail, status=status)
        self.seconds = seconds

    @property
    def what(self) -> str:
        return f"{self.what_text} (waited {self.seconds:.0f} s)"


class NoFirstToken(TimedOut):
    code = "no_first_token"
    what_text = "The model did not begin to answer."
    todo_text = "It may still be loading: try again in a minute, or choose a smaller model."


class Stalled(TimedOut):
    code = "stalled"
    what_text = "The model stopped in the middle of its answer."
    todo_text = "Try again; if it goes on, look at the load of the model server."


class TookTooLong(TimedOut):
    code = "took_too_long"
    what_text = "The answer took longer than Dexter waits."
    todo_text = "Choose a faster model, or raise AI_TIMEOUT."


class CutOff(Transient):
    code = "cut_off"
    what_text = "The connection to the model server broke off before the answer was complete."
    todo_text = "Try again; if it goes on, look at the log of the model server or of a proxy before it."

    @property
    def what(self) -> str:
        return f"{self.what_text} ({self.detail})" if self.detail else self.what_text


class Loading(Transient):
    code = "loading"
    what_text = "The model server is still loading the model."
    todo_text = "Try again in a minute."


class Busy(Transient):
    code = "busy"
    what_text = "The model server has too much to do."
    todo_text = "Wait, or lower AI_CONCURRENCY."

    def __init__(
        self, detail: str = "", *, status: int | None = 429, retry_after: float | None = None
    ) -> None:
        super().__init__(detail, status=status)
        self.retry_after = retry_after


class ServerFailed(Transient):
    code = "server_failed"
    what_text = "The model server reported an error of its own."
    todo_text = "Look at its log; too little memory for the model is a usual cause."


class Permanent(LLMError):
    code = "permanent"
    permanent = True
    todo_text = "Look at the message and change the model's settings."


class ModelMissing(Permanent):
    code = "model_missing"
    what_text = "The server does not have this model."

    def __init__(self, detail: str = "", *, status: int | None = 404, model: str = "") -> None:
        super().__init__(detail, status=status)
        self.model = model

    @property
    def what(self) -> str:
        name = f" {self.model}" if self.model else ""
        return f"The server does not have the model{name}." + (
            f" It said: {self.detail}" if self.detail else ""
        )

    @property
    def todo(self) -> str:
        name = self.model or "the model"
        return f"Install it (on Ollama: `ollama pull {name}`), or choose one that is installed."


class ContextTooSmall(Permanent):
    code = "context_too_small"
    what_text = "The question is longer than the model can read at once."
    todo_text = "Leave parts out, choose a model with a larger context, or correct its context size."

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = 400,
        limit: int | None = None,
        needed: int | None = None,
    ) -> None:
        super().__init__(detail, status=status)
        self.limit = limit
        self.needed = needed


class KeyRefused(Permanent):
    code = "key_refused"
    what_text = "The model server does not accept the key."
    todo_text = "Enter a valid API key in the administration under Providers."


class KeyUnreadable(KeyRefused):
    code = "key_unreadable"
    what_text = "The stored API key cannot be decrypted: TOKEN_KEYS no longer holds its key."
    todo_text = "Put the old key back into TOKEN_KEYS, or enter the API key anew under Providers."


class Refused(Permanent):
    code = "refused"
    what_text = "The model server refused the question."
    todo_text = "Look at its words; an option of the model that it does not know is a usual cause."


class Garbage(Permanent):
    code = "garbage"
    what_text = "The answer is not one of such a model server."
    todo_text = "Check the address and the kind of the provider: another program may answer there."


class WrongShape(Permanent):
    code = "wrong_shape"
    what_text = "The model did not keep to the form that was asked for."
    todo_text = "Try again, or choose another model."

    def __init__(self, detail: str = "", *, problems: tuple[str, ...] = ()) -> None:
        super().__init__(detail or "; ".join(problems))
        self.problems = problems


class EmptyAnswer(Permanent):
    code = "empty_answer"
    what_text = "The model answered with nothing."
    todo_text = "Try again, or choose another model; a context that is too small can be the cause."


class RanOut(Permanent):
    code = "ran_out"
    what_text = "The model used up all the room for its answer before there was one."
    todo_text = (
        "Raise the model's answer size in the administration under Models; one that reasons first needs some"
        " thousand tokens."
    )
