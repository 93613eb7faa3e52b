"""What is saved by storing equal files once."""

from data_bank_api.db.database import Database
from data_bank_api.db.schema import ArtifactRow, RepositoryRow
from data_bank_api.hub.savings import Savings, find_savings
from tests.fakes.files import FIRST

REPOSITORY = "1" * 32


def fill(database: Database, *files: tuple[str | None, int]) -> None:
    with database.transaction() as session:
        session.add(
            RepositoryRow(
                repository_id=REPOSITORY,
                repo_type="model",
                repo_id="org/model",
                revision="main",
                include=[],
                exclude=[],
                state="listed",
                registered_at=FIRST,
            )
        )
        session.flush()
        for number, (digest, size) in enumerate(files):
            session.add(
                ArtifactRow(
                    artifact_id=f"{number:032x}",
                    repository_id=REPOSITORY,
                    path=str(number),
                    size=size,
                    oid="0" * 40,
                    kind="other",
                    commit_id="0" * 40,
                    listing=1,
                    state="completed" if digest else "pending",
                    digest=digest and digest * 64,
                )
            )


def test_nothing_is_saved_where_nothing_is_mirrored(database: Database) -> None:
    assert find_savings(database) == Savings(0, 0, is_all=True)


def test_each_file_that_is_equal_to_another_is_saved(database: Database) -> None:
    fill(database, ("a", 10), ("a", 10), ("a", 10), ("b", 5), ("c", 7), ("c", 7), (None, 10))
    assert find_savings(database) == Savings(3, 27, is_all=True)


def test_of_many_files_the_least_that_is_saved_is_told(database: Database) -> None:
    fill(database, ("a", 10), ("a", 10), ("a", 10))
    found = find_savings(database, most=2)
    assert found == Savings(1, 10, is_all=False)
