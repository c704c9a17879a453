"""The official SDK, huaweicloudsdksdrs, unmodified, for the tests that call the fake with it."""

import warnings
from contextlib import closing, contextmanager

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK's own imports
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import (
        ClientRequestException,
        ConnectionException,
        SdkException,
        ServerResponseException,
        ServiceResponseException,
    )
    from huaweicloudsdkcore.http.http_config import HttpConfig
    from huaweicloudsdkcore.region.region import Region
    from huaweicloudsdksdrs import v1
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsAsyncClient, SdrsClient
    from huaweicloudsdksdrs.v1.region.sdrs_region import SdrsRegion

__all__ = [
    "BasicCredentials",
    "ClientRequestException",
    "ConnectionException",
    "HttpConfig",
    "ListFailureJobsRequest",
    "Region",
    "SdkException",
    "SdrsAsyncClient",
    "SdrsClient",
    "SdrsRegion",
    "ServerResponseException",
    "ServiceResponseException",
    "client_of",
    "opened",
    "v1",
]


def client_of(project_id, url=None, builder=None):
    """A client for a URL, or for a hard-coded region of the cloud."""
    builder = builder or SdrsClient.new_builder()
    builder.with_credentials(BasicCredentials("an-access-key", "a-secret-key", project_id))
    if url:
        return builder.with_endpoint(url).build()
    return builder.with_region(SdrsRegion.value_of("cn-north-4")).build()


@contextmanager
def opened(client):
    """A client whose connections are closed at the end."""
    with closing(client.get_http_client()._session):
        yield client
