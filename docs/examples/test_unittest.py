"""In classes of unittest, with pytest's fixture and without pytest."""

import unittest

import pytest
from report import failures_by_status

from sdrs_fake import FakeSdrs


class WithTheFixture(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _fake(self, sdrs):
        self.sdrs = sdrs

    def test_a_failure_is_counted(self):
        job = self.sdrs.add_failure_job()

        counted = failures_by_status(self.sdrs.url, self.sdrs.project_id, job.server_group_id)

        self.assertEqual(counted.total(), 1)


class WithoutPytest(unittest.TestCase):
    def setUp(self):
        self.sdrs = self.enterContext(FakeSdrs())

    def test_a_new_fake_has_no_failures(self):
        self.assertEqual(failures_by_status(self.sdrs.url, self.sdrs.project_id, "any").total(), 0)
