package dev.reveille.chaos.drivers.hibernate;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

@Entity(name = "PurchaseOrder")
@Table(name = "orders")
@SuppressWarnings("NullAway.Init") // Hibernate sets the fields
class Order {
  enum Status {
    CART, PAID, SHIPPED
  }

  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE)
  @SequenceGenerator(sequenceName = "orders_seq", allocationSize = 50)
  Long id;
  @ManyToOne(fetch = FetchType.LAZY)
  Customer customer;
  @JdbcTypeCode(SqlTypes.NAMED_ENUM)
  Status status = Status.CART;
  @OneToMany(mappedBy = "order", cascade = CascadeType.ALL)
  @OrderBy("line")
  List<OrderItem> items = new ArrayList<>();

  protected Order() {
  }

  Order(Customer customer) {
    this.customer = customer;
  }

  void add(Product product, int quantity) {
    items.add(new OrderItem(this, items.size(), product, quantity));
  }
}
