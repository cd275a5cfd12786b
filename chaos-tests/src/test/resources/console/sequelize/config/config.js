module.exports = {
  development: {
    username: process.env.PGUSER,
    password: process.env.PGPASSWORD,
    database: "sequelize_development",
    host: "localhost",
    port: Number(process.env.PGPORT),
    dialect: "postgres",
  },
};
