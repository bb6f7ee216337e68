package io.botwatch.train;

/**
 * Weights that make the most of labelled numbers: maximum likelihood with a Gaussian prior, by Newton's method (iteratively
 * reweighted least squares; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 4.4.1).
 */
final class LogisticRegression {
    private static final int ITERATIONS = 25;
    private static final double PRIOR = 3;

    private LogisticRegression() {}

    /**
     * @param x numbers of each case, as many for all
     * @param y which cases are positive
     * @param importance of each case
     * @return a weight for each number, and the constant last
     */
    static double[] fit(double[][] x, boolean[] y, double[] importance) {
        int n = x[0].length + 1;
        double[] weights = new double[n];
        double[] row = new double[n];
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] gradient = new double[n];
            double[][] hessian = new double[n][n];
            for (int j = 0; j < n; j++) {
                gradient[j] = PRIOR * weights[j];
                hessian[j][j] = PRIOR;
            }
            for (int i = 0; i < x.length; i++) {
                System.arraycopy(x[i], 0, row, 0, n - 1);
                row[n - 1] = 1;
                double logit = 0;
                for (int j = 0; j < n; j++) {
                    logit += weights[j] * row[j];
                }
                double p = 1 / (1 + Math.exp(-logit));
                double residual = importance[i] * (p - (y[i] ? 1 : 0));
                double curvature = importance[i] * p * (1 - p);
                for (int j = 0; j < n; j++) {
                    gradient[j] += residual * row[j];
                    for (int k = 0; k <= j; k++) {
                        hessian[j][k] += curvature * row[j] * row[k];
                    }
                }
            }
            double[] step = solve(hessian, gradient);
            for (int j = 0; j < n; j++) {
                weights[j] -= step[j];
            }
        }
        return weights;
    }

    /** By Cholesky's decomposition of a symmetric positive matrix, of which the lower half is given. */
    private static double[] solve(double[][] a, double[] b) {
        int n = b.length;
        for (int j = 0; j < n; j++) {
            for (int k = 0; k < j; k++) {
                a[j][j] -= a[j][k] * a[j][k];
            }
            a[j][j] = Math.sqrt(a[j][j]);
            for (int i = j + 1; i < n; i++) {
                for (int k = 0; k < j; k++) {
                    a[i][j] -= a[i][k] * a[j][k];
                }
                a[i][j] /= a[j][j];
            }
        }
        double[] x = b.clone();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= a[i][k] * x[k];
            }
            x[i] /= a[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= a[k][i] * x[k];
            }
            x[i] /= a[i][i];
        }
        return x;
    }
}
