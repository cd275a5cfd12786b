"""Orders and what is in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision, down_revision = "002", "001"


def upgrade():
    status = pg.ENUM("cart", "paid", "shipped", name="order_status", schema="shop")
    op.execute(sa.schema.CreateSequence(sa.Sequence("order_number", start=1000, schema="shop")))
    op.create_table(
        "orders",
        sa.Column("number", sa.BigInteger, server_default=sa.text("nextval('shop.order_number')"), primary_key=True),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("shop.customers.id"), nullable=False, index=True),
        sa.Column("status", status, nullable=False, server_default="cart"),
        sa.Column("placed_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        schema="shop",
    )
    op.create_table(
        "order_items",
        sa.Column("order_number", sa.BigInteger, sa.ForeignKey("shop.orders.number"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("shop.products.id"), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("unit_price", sa.Numeric(12, 2), nullable=False),
        schema="shop",
    )


def downgrade():
    op.drop_table("order_items", schema="shop")
    op.drop_table("orders", schema="shop")
    op.execute("drop sequence shop.order_number")
    op.execute("drop type shop.order_status")
