package dev.reveille.chaos.drivers.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.generator.EventType;
import org.hibernate.type.SqlTypes;

@Entity
@Table(name = "customers")
@SuppressWarnings("NullAway.Init") // Hibernate sets the fields
class Customer {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  Long id;
  String email;
  String name;
  @JdbcTypeCode(SqlTypes.JSON)
  Map<String, Object> profile;
  @JdbcTypeCode(SqlTypes.ARRAY)
  List<String> tags;
  @Generated(event = {EventType.INSERT, EventType.UPDATE})
  OffsetDateTime updatedAt;

  protected Customer() {
  }

  Customer(String email, String name, Map<String, Object> profile, List<String> tags) {
    this.email = email;
    this.name = name;
    this.profile = profile;
    this.tags = tags;
  }
}
