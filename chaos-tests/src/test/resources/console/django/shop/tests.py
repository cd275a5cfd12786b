from django.db import connection
from django.test import TestCase

from .models import Item


class ItemTest(TestCase):
    def test_an_item_is_kept(self):
        Item.objects.create(name="bell")
        self.assertEqual(Item.objects.count(), 1)

    def test_the_database_is_of_its_own(self):
        self.assertEqual(connection.settings_dict["NAME"], "test_shop")
        self.assertEqual(Item.objects.count(), 0)
