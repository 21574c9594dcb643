"""Forms of products: the rules of a shop, and its upload templates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from products.models import Location, ProductRules, UploadTemplate
from tiktoksync.shops.models import TikTokShop
from tiktoksync.tiktok.markets import size_units

_GROUPS: list[tuple[str, list[str]]] = [
    (
        "Stock on TikTok",
        [
            *("push_stock", "set_aside_held", "stock_percent", "stock_threshold"),
            "stock_ceiling",
        ],
    ),
    ("Locations and warehouse", ["stock_locations", "warehouse_id"]),
    (
        "Prices on TikTok",
        ["push_prices", "price_percent", "price_add", "price_rounding", "price_floor"],
    ),
    ("Links and state", ["auto_link", "auto_deactivate", "external_ids", "daily_uploads"]),
    (
        "Import to Shopify",
        [
            *("import_status", "import_on_duplicate", "import_vendor", "import_type"),
            *("import_tags", "import_stock", "import_location_id"),
        ],
    ),
]
#: The pages of the settings, and which of the groups stand on them.
SECTIONS = {
    "inventory": ("Stock on TikTok", "Locations and warehouse"),
    "products": ("Prices on TikTok", "Links and state", "Import to Shopify"),
}
ABOUT = {
    "Stock on TikTok": "How much of Shopify's stock TikTok may sell.",
    "Locations and warehouse": "Where the stock stands in Shopify, and which of TikTok's "
    "warehouses it is told to.",
    "Prices on TikTok": "TikTok's price follows Shopify's, by this rule.",
    "Links and state": "How listings stay with their products.",
    "Import to Shopify": "How listings that you import become products.",
}
MOST_TAGS = 50


class ProductRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """How one shop's products are uploaded, imported and kept in step."""

    stock_locations = forms.MultipleChoiceField(
        required=False,
        label="Locations whose stock is offered",
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means all that are in use.",
    )
    import_location_id = forms.ChoiceField(required=False, label="Imported stock stands at")
    warehouse_id = forms.ChoiceField(required=False, label="TikTok warehouse")
    import_tags = forms.CharField(
        required=False, label="Tags of imported products", help_text="Separated by commas."
    )

    class Meta:
        model = ProductRules
        fields = tuple(name for _, names in _GROUPS for name in names)
        labels = {
            "auto_link": "Link equal SKUs by themselves",
            "external_ids": "Write Shopify's ids on TikTok",
            "push_stock": "Push stock to TikTok by itself",
            "stock_percent": "Percent of Shopify's stock",
            "stock_threshold": "Show none with this many or fewer",
            "stock_ceiling": "Never show more than",
            "set_aside_held": "Set units of waiting orders aside",
            "push_prices": "Push prices to TikTok by itself",
            "price_percent": "Percent added to the price",
            "price_add": "Amount added to the price",
            "price_rounding": "Rounding",
            "price_floor": "Never less than",
            "auto_deactivate": "Take listings off sale with their product",
            "daily_uploads": "Products that may be listed a day",
            "import_status": "Status of imported products",
            "import_on_duplicate": "What Shopify has already",
            "import_vendor": "Vendor of imported products",
            "import_type": "Type of imported products",
            "import_stock": "Take TikTok's stock along",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "stock_ceiling": "Empty for no limit.",
            "price_floor": "Empty for no limit.",
            "import_stock": "",
            "daily_uploads": "TikTok starts new shops at 100. Empty if you do not know it.",
        }

    def __init__(self, *args: Any, section: str = "", **kwargs: Any) -> None:
        """With a section, its fields alone: the others stay as they are."""
        super().__init__(*args, **kwargs)
        self.section = section if section in SECTIONS else ""
        shop: TikTokShop = self.instance.shop
        places = Location.objects.filter(store=shop.store_id).order_by("name", "pk")
        known = [(one.shopify_location_id, _place(one)) for one in places]
        chosen = [str(one) for one in self.instance.stock_locations]
        named = {key for key, _ in known}
        known += [(key, f"{key} (no longer known)") for key in chosen if key not in named]
        self._set_choices("stock_locations", known)
        self._set_choices("import_location_id", [("", "The first location"), *known])
        houses = [(str(one["id"]), _house(one)) for one in shop.warehouses]
        kept = self.instance.warehouse_id
        if kept and kept not in dict(houses):
            houses.append((kept, kept))
        self._set_choices("warehouse_id", [("", "The only one there is"), *houses])
        self.initial["import_tags"] = ", ".join(str(tag) for tag in self.instance.import_tags)
        for name in set(self.fields) - set(names_in(self.section)):
            del self.fields[name]

    def _set_choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_import_tags(self) -> list[str]:
        """The tags as a list, once each."""
        tags = (tag.strip() for tag in self.cleaned_data["import_tags"].split(","))
        found = list(dict.fromkeys(tag[:255] for tag in tags if tag))
        if len(found) > MOST_TAGS:
            raise ValidationError(f"At most {MOST_TAGS} tags.")
        return found

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields under their headings, each with what they are about."""
        shown = _groups_in(self.section)
        return [(title, ABOUT[title], [self[name] for name in names]) for title, names in shown]


def _groups_in(section: str) -> list[tuple[str, list[str]]]:
    wanted = SECTIONS.get(section, tuple(ABOUT))
    return [(title, names) for title, names in _GROUPS if title in wanted]


def names_in(section: str) -> list[str]:
    """The fields of a section; of all of them without one."""
    return [name for _, names in _groups_in(section) for name in names]


def default_product_rules(section: str) -> dict[str, Any]:
    """What a section's columns hold before anybody has chosen."""
    fresh = ProductRules()
    return {name: getattr(fresh, name) for name in names_in(section)}


def _house(warehouse: Mapping[str, Any]) -> str:
    return str(warehouse.get("name") or warehouse["id"])


def _place(place: Location) -> str:
    return str(place) if place.is_active else f"{place} (not in use)"


class UploadTemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an upload says of products where Shopify does not say it."""

    attribute_rows = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        label="Attributes of the category",
        help_text="One a line: the attribute's id, =, its value. A value's own id is written #123.",
    )
    delivery_options = forms.CharField(
        required=False,
        label="Delivery option ids",
        help_text="Separated by commas; empty for all that the warehouse offers.",
    )

    class Meta:
        model = UploadTemplate
        fields = (
            *("name", "is_default", "product_type", "category_id", "category_name"),
            *("brand_id", "brand_name", "package_weight", "weight_unit", "package_length"),
            *("package_width", "package_height", "size_unit", "warehouse_id", "description_end"),
        )
        labels = {
            "is_default": "For products that no other template is for",
            "product_type": "For products of the Shopify type",
            "category_id": "TikTok category id",
            "category_name": "Name of the category",
            "brand_id": "TikTok brand id",
            "brand_name": "Name of the brand",
            "package_weight": "Weight of the parcel",
            "weight_unit": "Unit of the weight",
            "package_length": "Length of the parcel",
            "package_width": "Width",
            "package_height": "Height",
            "size_unit": "Unit of the sizes",
            "warehouse_id": "TikTok warehouse",
            "description_end": "Text below every description",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "is_default": "",
            "product_type": "Empty: chosen by hand, or by default.",
            "category_id": "Empty: what TikTok recommends for each product.",
            "category_name": "For your own eyes.",
            "brand_id": "Empty: the brand with the vendor's name, else none.",
            "package_weight": "Where Shopify knows no weight.",
            "weight_unit": "",
            "size_unit": "",
            "description_end": "",
        }
        widgets: ClassVar[dict[str, Any]] = {
            "description_end": forms.Textarea(attrs={"rows": 3}),
            "category_id": forms.TextInput(attrs={"list": "known-categories"}),
            "weight_unit": forms.Select(
                choices=[("", "–"), ("KILOGRAM", "Kilogram"), ("GRAM", "Gram"), ("POUND", "Pound")]
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["attribute_rows"] = write_attributes(self.instance.attributes)
        kept = self.instance.warehouse_id
        houses = [(str(one["id"]), _house(one)) for one in self.instance.shop.warehouses]
        if kept and kept not in dict(houses):
            houses.append((kept, kept))
        choices = [("", "The default one"), *houses]
        self.fields["warehouse_id"].widget = forms.Select(choices=choices)
        sizes = [(unit, unit.capitalize()) for unit in size_units(self.instance.shop.region)]
        self.fields["size_unit"].widget = forms.Select(choices=[("", "–"), *sizes])
        self.initial["delivery_options"] = ", ".join(self.instance.delivery_option_ids)

    def clean_name(self) -> str:
        """A name of its own in the shop."""
        name = str(self.cleaned_data["name"])
        if self._others().filter(name=name).exists():
            raise ValidationError("The shop has a template of this name.")
        return name

    def clean_is_default(self) -> bool:
        """One default in a shop."""
        wanted = bool(self.cleaned_data["is_default"])
        if wanted and (other := self._others().filter(is_default=True).first()):
            raise ValidationError(f"“{other}” is the default already.")
        return wanted

    def clean_attribute_rows(self) -> list[dict[str, Any]]:
        """The attributes as TikTok takes them."""
        return read_attributes(self.cleaned_data["attribute_rows"])

    def _others(self) -> Any:
        return UploadTemplate.objects.filter(shop=self.instance.shop).exclude(pk=self.instance.pk)

    def save(self, commit: bool = True) -> UploadTemplate:
        """Attributes and delivery options go into their columns."""
        self.instance.attributes = self.cleaned_data["attribute_rows"]
        options = (one.strip() for one in self.cleaned_data["delivery_options"].split(","))
        self.instance.delivery_option_ids = [one for one in options if one]
        template: UploadTemplate = super().save(commit)
        return template


def write_attributes(attributes: list[dict[str, Any]]) -> str:
    """Attributes a line each: "100 = Cotton", "101 = #555" for a value with an id."""
    lines = []
    for one in attributes:
        for value in one.get("values", []):
            text = f"#{value['id']}" if value.get("id") else str(value.get("name", ""))
            lines.append(f"{one.get('id')} = {text}")
    return "\n".join(lines)


def read_attributes(text: str) -> list[dict[str, Any]]:
    """The lines as TikTok takes them. Raises ValidationError for a line that says nothing."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        key, sign, value = (part.strip() for part in line.partition("="))
        if not sign or not key.isdecimal() or not value:
            raise ValidationError(f"“{line[:60]}” is not: an attribute's id, =, its value.")
        is_id = value.startswith("#") and value[1:].isdecimal()
        found.setdefault(key, []).append({"id": value[1:]} if is_id else {"name": value})
    return [{"id": key, "values": values} for key, values in found.items()]


class ExampleForm(forms.Form):
    """What the live example reads of a half-filled rules form; nonsense counts as not given."""

    units = forms.IntegerField(min_value=0, max_value=999_999, required=False)
    price = forms.DecimalField(
        min_value=Decimal(0), max_digits=12, decimal_places=2, required=False
    )
