package dev.reveille.chaos.drivers.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;

@Entity
@Table(name = "products")
@SuppressWarnings("NullAway.Init") // Hibernate sets the fields
class Product {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  Long id;
  String sku;
  String name;
  BigDecimal price;
  int stock;
  @Version
  int version;

  protected Product() {
  }

  Product(String sku, String name, BigDecimal price, int stock) {
    this.sku = sku;
    this.name = name;
    this.price = price;
    this.stock = stock;
  }
}
