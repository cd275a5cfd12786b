"""The shop as SQLAlchemy sees it."""

import datetime
import decimal
import enum
import typing

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql as pg


class Base(orm.DeclarativeBase):
    metadata = sa.MetaData(schema="shop")


class Status(enum.Enum):
    cart = "cart"
    paid = "paid"
    shipped = "shipped"


class Customer(Base):
    __tablename__ = "customers"
    id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    email: orm.Mapped[str]
    name: orm.Mapped[str]
    profile: orm.Mapped[typing.Any] = orm.mapped_column(pg.JSONB)
    tags: orm.Mapped[typing.Any] = orm.mapped_column(pg.ARRAY(sa.Text))
    updated_at: orm.Mapped[datetime.datetime] = orm.mapped_column(server_default=sa.FetchedValue(), server_onupdate=sa.FetchedValue())
    orders: orm.Mapped[typing.List["Order"]] = orm.relationship(back_populates="customer")


class Product(Base):
    __tablename__ = "products"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    sku: orm.Mapped[str]
    name: orm.Mapped[str]
    price: orm.Mapped[decimal.Decimal]
    stock: orm.Mapped[int]


class Order(Base):
    __tablename__ = "orders"
    number: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, sa.Sequence("order_number", schema="shop"), primary_key=True)
    customer_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("shop.customers.id"))
    status: orm.Mapped[Status] = orm.mapped_column(pg.ENUM(Status, name="order_status", schema="shop", create_type=False))
    customer: orm.Mapped[Customer] = orm.relationship(back_populates="orders")
    items: orm.Mapped[typing.List["OrderItem"]] = orm.relationship(order_by="OrderItem.line")


class OrderItem(Base):
    __tablename__ = "order_items"
    order_number: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("shop.orders.number"), primary_key=True)
    line: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    product_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("shop.products.id"))
    quantity: orm.Mapped[int]
    unit_price: orm.Mapped[decimal.Decimal]
    product: orm.Mapped[Product] = orm.relationship()
