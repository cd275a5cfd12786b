package dev.reveille.chaos.drivers.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.math.BigDecimal;

@Entity
@Table(name = "order_items")
@SuppressWarnings("NullAway.Init") // Hibernate sets the fields
class OrderItem {
  @Id
  @ManyToOne(fetch = FetchType.LAZY)
  Order order;
  @Id
  int line;
  @ManyToOne(fetch = FetchType.LAZY)
  Product product;
  int quantity;
  BigDecimal unitPrice;

  protected OrderItem() {
  }

  OrderItem(Order order, int line, Product product, int quantity) {
    this.order = order;
    this.line = line;
    this.product = product;
    this.quantity = quantity;
    this.unitPrice = product.price;
  }
}
