"""What a scrape gave, as Prometheus reads it."""

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True, slots=True)
class Scraped:
    """Samples by name and labels, as they are written; families by name with their type."""

    samples: dict[str, float]
    families: dict[str, str]
    labels: dict[str, set[str]]
    says: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> "Scraped":
        found = list(text_string_to_metric_families(text))
        samples = {
            _written(sample.name, sample.labels): sample.value
            for family in found
            for sample in family.samples
        }
        labels = {
            _name(family.name, family.type): {
                label for sample in family.samples for label in sample.labels
            }
            - {"le"}
            for family in found
        }
        families = {_name(family.name, family.type): family.type for family in found}
        says = {_name(family.name, family.type): family.documentation for family in found}
        return cls(samples, families, labels, says)

    def __getitem__(self, written: str) -> float:
        return self.samples[written]

    def __contains__(self, written: str) -> bool:
        return written in self.samples

    def get(self, written: str) -> float:
        """What is not there has not happened yet."""
        return self.samples.get(written, 0)


def _written(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name


def _name(name: str, kind: str) -> str:
    return f"{name}_total" if kind == "counter" else name
