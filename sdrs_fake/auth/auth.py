"""Authentication modes and credential checks."""

from typing import Literal, get_args

from sdrs_fake.auth.credentials import Credentials, Key, Token, User
from sdrs_fake.domain.refusals import NOT_AUTHENTICATED, NOT_AUTHORIZED, ApiError, require
from sdrs_fake.domain.times import wire_time
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.messages import Request

AuthMode = Literal["any", "strict", "off"]

ALGORITHMS = (
    "SDK-HMAC-SHA256",
    "SDK-HMAC-SM3",
    "SDK-ECDSA-P256-SHA256",
    "SDK-SM2-SM3",
    "V11-HMAC-SHA256",
)
"""Signature algorithms of the official SDKs; `strict` verifies the first, their default."""

_NO_CREDENTIAL = NOT_AUTHENTICATED.because("x-auth-token not found")


class Auth:
    """The authentication mode of a fake, and the credentials that `strict` accepts."""

    def __init__(self, authenticator: "Authenticator") -> None:
        self._mode = authenticator.mode
        self._credentials = authenticator.credentials

    def __repr__(self) -> str:
        return f"<Auth mode={self._mode!r} {self._credentials.counts()}>"

    @property
    def mode(self) -> AuthMode:
        """`any`, `strict` or `off`."""
        return self._mode

    @property
    def own_token(self) -> str:
        """The token of the fake's own clients, valid in every mode, for every project, for ever."""
        return self._credentials.own_token

    def add_key(self, access_key: str, secret_key: str, project_id: str | None = None) -> None:
        """Register an access key of a project, by default the fake's own."""
        self._credentials.add_key(access_key, secret_key, project_id)

    def add_user(self, name: str, password: str, project_id: str | None = None) -> None:
        """Register a user who can ask IAM for tokens of a project, by default the fake's own."""
        self._credentials.add_user(name, password, project_id)

    def issue_token(self, project_id: str | None = None) -> str:
        """Issue a token for a project, by default the fake's own, for 24 hours of its time."""
        return self._credentials.issue_own(project_id).value

    def expire_tokens(self) -> None:
        """Let all tokens that were issued so far expire now; `own_token` stays valid."""
        self._credentials.expire_tokens()


class Authenticator:
    """Checks the credentials of requests as the mode asks for.

    `any`: a request needs a credential; any value is accepted. `strict`: it needs a token of this
    fake, or a signature by a registered key, valid for the project of the path. `off`: it needs
    no credential.
    """

    def __init__(self, mode: AuthMode, credentials: Credentials) -> None:
        check_mode(mode)
        self.mode = mode
        self.credentials = credentials

    def admit(self, request: Request) -> None:
        """Refuse a request to the service that its credential does not allow."""
        self._require_credential(request)
        if self.mode != "strict" or self._has_own_token(request):
            return
        valid_for, asked = self._verify(request).project_id, request.path_params["project_id"]
        if valid_for != asked:
            whose = f"of project {valid_for}" if valid_for else "of no project"
            cause = f"the credential is {whose}, the path of project {asked}"
            raise ApiError(NOT_AUTHORIZED.because(cause))

    def project_of(self, request: Request) -> str:
        """The project of a request's credential, or of its user where a token has no project.

        A credential that is not registered belongs to the fake's own project. Refused as by
        `admit` where there is none or it is invalid.
        """
        self._require_credential(request)
        if self.mode == "strict" and not self._has_own_token(request):
            credential = self._verify(request)
        else:
            credential = self._look_up(request) or self.credentials.own_key
        if isinstance(credential, Token):
            return credential.project_id or credential.user.project_id
        return credential.project_id

    def find_user(self, named: User) -> User | None:
        """The registered user with that id; unless `strict`, any user is one."""
        return self.credentials.user(named.id) or (None if self.mode == "strict" else named)

    def log_in(self, named: User) -> User | None:
        """The user with that id and password; unless `strict`, any password is right."""
        user = self.find_user(named)
        if user and self.mode == "strict" and user.password != named.password:
            return None
        return user

    def log_in_with_token(self, value: str) -> Token | None:
        """The valid token with that value; unless `strict`, any value stands for a new one."""
        token = self.credentials.token(value)
        if token and not self.credentials.is_expired(token):
            return token
        if self.mode == "strict" and value != self.credentials.own_token:
            return None
        return self.credentials.issue_own()

    def _require_credential(self, request: Request) -> None:
        require(self.mode == "off" or _has_credential(request), _NO_CREDENTIAL)

    def _has_own_token(self, request: Request) -> bool:
        return request.headers.get("x-auth-token") == self.credentials.own_token

    def _verify(self, request: Request) -> Key | Token:
        """The valid token or the key of the valid signature of a request; else refused."""
        if value := request.headers.get("x-auth-token"):
            return self._valid_token(value)
        from sdrs_fake.auth import signatures  # which the other modes do without

        return signatures.verify(request, self.credentials)

    def _valid_token(self, value: str) -> Token:
        token = self.credentials.token(value)
        if token is None:
            raise ApiError(NOT_AUTHENTICATED.because("decrypt token fail"))
        if self.credentials.is_expired(token):
            cause = f"token expires, expires_at: {wire_time(token.expires_at)}"
            raise ApiError(NOT_AUTHENTICATED.because(cause))
        return token

    def _look_up(self, request: Request) -> Key | Token | None:
        """The token or key that a request names, unverified."""
        if token := self.credentials.token(request.headers.get("x-auth-token", "")):
            return token
        from sdrs_fake.auth import signatures

        signature = signatures.parse(request.headers.get("authorization", ""))
        return self.credentials.key(signature.access_key) if signature else None


def check_mode(mode: object) -> None:
    """Refuse a mode that does not exist."""
    if mode not in get_args(AuthMode):
        raise ParameterError(
            "auth", f"{shown(mode)} should be one of {', '.join(get_args(AuthMode))}"
        )


def _has_credential(request: Request) -> bool:
    """Whether a request has a token or a signature by AK/SK."""
    if request.headers.get("x-auth-token"):
        return True
    algorithm, _, signature = request.headers.get("authorization", "").partition(" ")
    return algorithm in ALGORITHMS and signature != ""
